"""`train recognise` on the command line: options to a recipe, a run, and a card with weights at the end."""

import argparse
import math
import platform
import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sketchlib.models.cards import Preprocessing
    from sketchlib.train.recognise import Recipe

BUILDERS = ("sketchxainet", "sketchcnn", "mobilenetv2")
EMBEDDINGS = ("shape", "order", "location")
PUBLISHED_PERIOD = 2000


def add_recognise_options(command: argparse.ArgumentParser) -> None:
    """The options of `train recognise`."""
    add = command.add_argument
    add("--model", choices=BUILDERS, required=True, help="kind of network")
    add("--data", type=Path, nargs="+", required=True, metavar="DIR", help="a store, or folders with train/ and val/")
    add("--out", type=Path, required=True, metavar="DIR", help="state, log, card and weights of the run")
    add(
        "--recipe",
        choices=("ours", "sketchxai"),
        default="ours",
        help="settings to begin with; sketchxai is the paper's own (default: %(default)s)",
    )
    add("--name", metavar="NAME", help="name on the card (default: that of the model)")
    add(
        "--at-least",
        type=int,
        default=190,
        metavar="N",
        help="leave out categories with fewer training sketches (default: %(default)s)",
    )
    add("--categories", nargs="+", default=(), metavar="NAME", help="these categories only (default: all)")
    _add_run_options(command)
    _add_variety_options(command)


def _add_run_options(command: argparse.ArgumentParser) -> None:
    """How long and how fast it learns, and from what it starts."""
    add = command.add_argument
    add("--steps", type=int, metavar="N", help="optimiser steps (default: ours 6000; sketchxai 20 epochs)")
    add("--batch", type=int, metavar="N", help="sketches a step and process (default: ours 256, sketchxai 100)")
    add("--learning-rate", type=float, metavar="RATE", help="largest one of the schedule (default: the recipe's)")
    add("--start", metavar="CARD", help="begin with the weights of this card (default: random ones)")
    add("--layers", type=int, metavar="N", help="transformer blocks of sketchxainet (default: ours 6, sketchxai 12)")
    add(
        "--without",
        choices=EMBEDDINGS,
        nargs="+",
        default=(),
        help="ablation: leave out these embeddings (default: none)",
    )
    add("--precision", choices=("no", "bf16"), default="no", help="mixed precision (default: %(default)s)")
    add("--seed", type=int, default=0, metavar="N", help="of what is drawn at random (default: %(default)s)")


def _add_variety_options(command: argparse.ArgumentParser) -> None:
    """How its sketches and its labels are varied."""
    add = command.add_argument
    add(
        "--augmentation",
        type=float,
        default=1.0,
        metavar="STRENGTH",
        help="size of random changes, 1 the usual one (default: %(default)s)",
    )
    add(
        "--stroke-drop",
        type=float,
        metavar="SHARE",
        help="strokes left out at random (default: 0.08 times --augmentation)",
    )
    add(
        "--borrow",
        type=float,
        default=0.0,
        metavar="SHARE",
        help="sketches that borrow shapes, so that locations matter (default: %(default)s)",
    )
    add("--smoothing", type=float, metavar="SHARE", help="label smoothing (default: ours 0.1, sketchxai 0)")
    add(
        "--straightness",
        type=float,
        default=0.0,
        metavar="WEIGHT",
        help="how much to keep logits straight in a stroke's gate (default: %(default)s)",
    )


def train_recognise(options: argparse.Namespace) -> None:
    """Train, then write <out>/<name>-v1.toml and its weights; main process only."""
    from accelerate import Accelerator
    from tqdm import tqdm

    from sketchlib.data.folders import training_data
    from sketchlib.train.recognise import training

    data, validation = training_data(options.data, options.at_least, options.categories)
    accelerator = Accelerator(mixed_precision=options.precision)
    recipe = recipe_of(options, len(data.labels), accelerator.num_processes)
    run = training(data, validation, recipe, options.out, accelerator, options.start)
    run.run()
    if accelerator.is_main_process:
        path = write_result(options, recipe, data.classes, run.average.state)
        tqdm.write(f"{path}: " + ", ".join(f"{name} {score:.4f}" for name, score in run.judge().items()))


def preprocessing_of(options: argparse.Namespace) -> "Preprocessing":
    """What goes before the network; the paper's recipe thins no stroke."""
    from sketchlib.models.cards import Preprocessing
    from sketchlib.raster import LINE_WIDTH, SOFTNESS

    if options.model != "sketchxainet":
        return Preprocessing("quickdraw", canvas_side=64, line_width=LINE_WIDTH, softness=SOFTNESS, margin=0.06)
    if options.recipe == "sketchxai":
        return Preprocessing("quickdraw")
    return Preprocessing("quickdraw", most_strokes=32, longest_stroke=48)


def config_of(options: argparse.Namespace) -> dict[str, Any]:
    """Arguments of the network's builder."""
    if options.model != "sketchxainet":
        return {}
    published = options.recipe == "sketchxai"
    config: dict[str, Any] = {"layers": options.layers or (12 if published else 6)}
    if published:
        config["attend_empty_slots"] = True
    return config | dict.fromkeys(options.without, False)


def recipe_of(options: argparse.Namespace, sketches: int, processes: int) -> "Recipe":
    """Ours, or the paper's [qu2023sketchxai, code]: AdamW 3e-4, decay 1e-4, 20 epochs, warm restarts, no augmentation.

    Differs: random encoder weights instead of an ImageNet ViT's; biases and norms are not decayed.
    """
    from sketchlib.data.augment import Augmentation
    from sketchlib.train.loop import Schedule
    from sketchlib.train.recognise import Recipe

    fixed = {"model": options.model, "config": config_of(options), "preprocessing": preprocessing_of(options)}
    augmentation = replace(Augmentation().scaled(options.augmentation), borrow=options.borrow)
    if options.stroke_drop is not None:
        augmentation = replace(augmentation, stroke_drop=options.stroke_drop)
    rate = 1e-3 if options.model == "sketchxainet" else 1.5e-3
    recipe = Recipe(**fixed, schedule=Schedule(options.steps or 6000, rate), augmentation=augmentation)
    if options.recipe == "sketchxai":
        batch = options.batch or 100
        steps = options.steps or math.ceil(20 * sketches / (batch * processes))
        restarts = {"cycle": 20 * PUBLISHED_PERIOD, "stair": PUBLISHED_PERIOD, "warmup": 1, "ema": 0.0}
        schedule = Schedule(steps, 3e-4, 1e-4, gradient_norm=math.inf, **restarts)  # type: ignore[arg-type]
        recipe = Recipe(**fixed, schedule=schedule, augmentation=Augmentation.none(), balance=0.0, smoothing=0.0)
        recipe = replace(recipe, batch=batch)
    if options.learning_rate:
        recipe = replace(recipe, schedule=replace(recipe.schedule, learning_rate=options.learning_rate))
    if options.smoothing is not None:
        recipe = replace(recipe, smoothing=options.smoothing)
    chosen = {"batch": options.batch or recipe.batch, "seed": options.seed, "straightness": options.straightness}
    return replace(recipe, **chosen)


def write_result(options: argparse.Namespace, recipe: "Recipe", classes: Sequence[str], state: dict[str, Any]) -> Path:
    """Card and float16 weights of the averaged network; the card's scores are measured later, by `evaluate`."""
    from sketchlib.models.cards import Card, Weights, save_tensors, write_card

    name = options.name or options.model
    path: Path = options.out / f"{name}-v1.toml"
    card = Card(
        name=name,
        version=1,
        builder=options.model,
        licence="apache-2.0",
        trained_on=f"{platform.machine()} {platform.system()}, {options.precision} mixed precision",
        command=shlex.join(["python", "-m", "sketchlib", *sys.argv[1:]]),
        classes=tuple(classes),
        config=recipe.config,
        preprocessing=recipe.preprocessing,
        weights=Weights(save_tensors(state, path.with_suffix(".safetensors"))),
        paper="qu2023sketchxai" if options.model == "sketchxainet" else "",
    )
    write_card(card, path)
    return path
