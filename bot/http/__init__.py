"""What all HTTP routes share: errors in one shape, security headers."""
