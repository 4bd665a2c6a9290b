"""Hours of service: calendars, open days, holidays, and time on the wall. Pure."""
