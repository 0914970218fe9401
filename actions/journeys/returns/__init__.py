"""Return, exchange, refund 退换货."""
