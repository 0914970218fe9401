"""The shop's own data: goods, offers, policies, answers."""
