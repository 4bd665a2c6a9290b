"""The sample service "orders": a front, a worker and a store, made of Python's standard library alone.

These files are written as they are into the directory of the starter service system and run there by
`./orders`; nothing in them knows of the console that watches them.
"""
