"""The frame around every view: header, tabs, message, footer. Pure lines; no view, no database."""
