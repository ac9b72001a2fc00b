"""Every family of furniture by its name."""

from gallery.families.chairs import CHAIRS
from gallery.families.family import Family
from gallery.families.stools import STOOLS
from gallery.families.tables import TABLES
from gallery.families.upholstered import UPHOLSTERED

FAMILIES: dict[str, Family] = {family.name: family for family in (*CHAIRS, *UPHOLSTERED, *STOOLS, *TABLES)}
"""In the order in which designs are numbered; append, never insert."""
