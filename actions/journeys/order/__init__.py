"""Orders: state, change, cancellation, money 订单."""
