"""The starter service system: this machine, and a small real service "orders" to watch, operate and disturb.

`write_starter` writes it; `starter_files` names its files. The data stands in `files`, the sample
service in `orders_service`; both are written into the person's own directory, to be changed there.
"""

from console.starter.write import starter_files, write_starter

__all__ = ["starter_files", "write_starter"]
