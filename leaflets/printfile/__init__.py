"""Print files: many labelled copies that share their leaflets, or one tagged file a copy."""

from leaflets.printfile.jobs import Banner, Copy, PrintJob, SheetSource, Written
from leaflets.printfile.writer import write_print_file

__all__ = ["Banner", "Copy", "PrintJob", "SheetSource", "Written", "write_print_file"]
