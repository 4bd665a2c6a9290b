"""What is declared: customers, services, agreements, components, staff, calendars."""
