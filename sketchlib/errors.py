"""The errors sketchlib raises on purpose. Each message is one sentence: the rule, what was got, and where.

SketchlibError
├── InputError            a value handed in breaks a rule            (also a ValueError)
│   ├── SketchError       strokes that cannot be a sketch
│   └── FormatError       a file, string or upload that cannot be read
├── ModelError            a model cannot do what was asked
│   ├── CheckpointError   a card or its weights are missing, changed or unsafe
│   └── TargetError       a class the model does not know
└── DownloadError         a network or Hub transfer failed
"""

__all__ = [
    "CheckpointError",
    "DownloadError",
    "FormatError",
    "InputError",
    "ModelError",
    "SketchError",
    "SketchlibError",
    "TargetError",
]


class SketchlibError(Exception):
    """Base of every error raised on purpose; `str(error)` is fit to show to a visitor."""


class InputError(SketchlibError, ValueError):
    """A value handed in breaks a rule."""


class SketchError(InputError):
    """Strokes that cannot be a sketch."""


class FormatError(InputError):
    """A file, string or upload that cannot be read."""


class ModelError(SketchlibError):
    """A model cannot do what was asked of it."""


class CheckpointError(ModelError):
    """A card or its weights are missing, changed or unsafe."""


class TargetError(ModelError):
    """A class the model does not know."""


class DownloadError(SketchlibError):
    """A network or Hub transfer failed."""
