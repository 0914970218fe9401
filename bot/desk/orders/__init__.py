"""Orders: found, proven, changed; returns decided by policy."""
