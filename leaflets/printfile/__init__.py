"""Print files: many labelled copies that share their leaflets, or one tagged file a copy."""

from leaflets.printfile.banner import fits_banner
from leaflets.printfile.jobs import Banner, Copy, LeafletSource, PrintJob, WrittenFile
from leaflets.printfile.save import save_print_file
from leaflets.printfile.split import SplitWriter
from leaflets.printfile.writer import write_print_file

__all__ = [
    "Banner",
    "Copy",
    "LeafletSource",
    "PrintJob",
    "SplitWriter",
    "WrittenFile",
    "fits_banner",
    "save_print_file",
    "write_print_file",
]
