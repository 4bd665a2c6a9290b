"""Keeping the service secure: vulnerabilities, access, and signs of breaches."""
