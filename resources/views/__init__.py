"""The directory and the help lines, as the web shows them."""

from resources.views.directory import help_now, resource_detail, resource_list
from resources.views.lines import line_edit, line_new, line_retire, line_up, lines, lines_confirm
from resources.views.manage import check_create, manage, resource_edit, resource_new

__all__ = [
    "check_create",
    "help_now",
    "line_edit",
    "line_new",
    "line_retire",
    "line_up",
    "lines",
    "lines_confirm",
    "manage",
    "resource_detail",
    "resource_edit",
    "resource_list",
    "resource_new",
]
