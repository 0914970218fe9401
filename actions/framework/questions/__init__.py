"""Questions that many journeys share: the order and its proof, the contact, the confirmation."""
