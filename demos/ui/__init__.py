"""What tabs share: the error boundary, the models, the examples, files and links, figures and the look."""

from demos.ui.boundary import toast, toasted, told
from demos.ui.claims import with_claims
from demos.ui.examples import examples
from demos.ui.figures import MARGIN, charted, figure
from demos.ui.files import FILE_CALLS
from demos.ui.gpu import lent_gpu
from demos.ui.heat import bare_heat, pad_heat
from demos.ui.lanes import COLOURS, JOB, RESTING
from demos.ui.models import (
    RANDOMISED,
    Shelf,
    choices_here,
    classes_of,
    describe,
    first_model,
    local_cards_allowed,
    model_choices,
    ready,
    shelf,
    warm_up,
)
from demos.ui.prose import Number, about_numbers, introduction
from demos.ui.server import APP, MOST_THREADS, QUEUE
from demos.ui.theme import CSS, theme

__all__ = [
    "APP",
    "COLOURS",
    "CSS",
    "FILE_CALLS",
    "JOB",
    "MARGIN",
    "MOST_THREADS",
    "QUEUE",
    "RANDOMISED",
    "RESTING",
    "Number",
    "Shelf",
    "about_numbers",
    "bare_heat",
    "charted",
    "choices_here",
    "classes_of",
    "describe",
    "examples",
    "figure",
    "first_model",
    "introduction",
    "lent_gpu",
    "local_cards_allowed",
    "model_choices",
    "pad_heat",
    "ready",
    "shelf",
    "theme",
    "toast",
    "toasted",
    "told",
    "warm_up",
    "with_claims",
]
