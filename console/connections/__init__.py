"""Named connections to shared databases: where they are kept, where their secrets come from, how one is opened.

The file of connections never holds a secret. `resolving.place_of` is the door for everyone else: it returns what a
command line, or nothing said, means. A driver of the database and the keyring are imported by what needs them,
never with this package: the first frame of a console does not pay for them.
"""
