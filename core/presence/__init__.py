"""Who is here: which consoles are open now, what each has open and writes in."""
