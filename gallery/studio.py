"""Blender's side: meshes, materials, soft light on white, and a render of one design."""

import io
import tempfile
from pathlib import Path

import bpy
import numpy as np
from PIL import Image

from gallery.camera import View
from gallery.finishes import FINISHES, Finish
from gallery.shapes import Part

SENSOR = 36.0
"""Millimetres; only its ratio to the focal length counts."""


class Studio:
    """A scene with lights and a camera, set up once for many photos.

    side: of the picture, px. samples: light paths a pixel. threads: of the renderer.
    """

    def __init__(self, side: int, samples: int, threads: int = 1) -> None:
        bpy.ops.wm.read_factory_settings(use_empty=True)
        self._scene = bpy.context.scene
        self._side = side
        self._set_render(samples, threads)
        self._set_world()
        self._camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
        self._scene.collection.objects.link(self._camera)
        self._scene.camera = self._camera

    def _set_render(self, samples: int, threads: int) -> None:
        render, cycles = self._scene.render, self._scene.cycles
        render.engine = "CYCLES"
        render.resolution_x = render.resolution_y = self._side
        render.threads_mode, render.threads = "FIXED", threads
        render.film_transparent = True
        render.use_persistent_data = False
        render.image_settings.file_format = "PNG"
        render.image_settings.color_mode = "RGBA"
        self._scene.view_settings.view_transform = "Standard"
        cycles.device, cycles.samples, cycles.seed = "CPU", samples, 0
        cycles.max_bounces, cycles.caustics_reflective, cycles.caustics_refractive = 4, False, False
        cycles.use_adaptive_sampling = False
        cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
        cycles.denoising_quality, cycles.denoising_prefilter = "FAST", "NONE"

    def _set_world(self) -> None:
        world = bpy.data.worlds.new("studio")
        world.use_nodes = True
        nodes, links = world.node_tree.nodes, world.node_tree.links
        background = nodes["Background"]
        ramp, split = nodes.new("ShaderNodeValToRGB"), nodes.new("ShaderNodeSeparateXYZ")
        coordinates = nodes.new("ShaderNodeTexCoord")
        links.new(coordinates.outputs["Generated"], split.inputs[0])
        links.new(split.outputs["Z"], ramp.inputs[0])
        links.new(ramp.outputs[0], background.inputs["Color"])
        ramp.color_ramp.elements[0].color = (0.35, 0.35, 0.36, 1)
        ramp.color_ramp.elements[1].color = (1, 1, 1, 1)
        ramp.color_ramp.elements[1].position = 0.7
        background.inputs["Strength"].default_value = 0.75
        world.cycles.sampling_method = "NONE"
        self._scene.world = world

    def photograph(self, parts: list[Part], finishes: dict[str, str], view: View) -> Image.Image:
        """The picture, RGB on white, (side, side)."""
        made = [self._mesh(slot, [part for part in parts if part.material == slot], finishes) for slot in _slots(parts)]
        made += self._lights(view, parts)
        self._aim(view)
        with tempfile.TemporaryDirectory() as folder:
            self._scene.render.filepath = str(Path(folder) / "photo.png")
            bpy.ops.render.render(write_still=True)
            with Image.open(self._scene.render.filepath) as raw:
                photo = Image.new("RGBA", raw.size, "white")
                photo.alpha_composite(raw.convert("RGBA"))
        for each in made:
            bpy.data.objects.remove(each)
        bpy.data.orphans_purge(do_local_ids=True)
        return photo.convert("RGB")

    def _aim(self, view: View) -> None:
        lens = self._camera.data
        lens.sensor_width, lens.clip_start, lens.clip_end = SENSOR, 0.01, 100.0
        lens.lens = SENSOR / (2 * view.half)
        lens.shift_x, lens.shift_y = (view.centre / (2 * view.half)).tolist()
        matrix = np.eye(4)
        matrix[:3, :3], matrix[:3, 3] = view.axes.T, view.position
        self._camera.matrix_world = matrix.T.tolist()

    def _mesh(self, slot: str, parts: list[Part], finishes: dict[str, str]) -> bpy.types.Object:
        mesh = bpy.data.meshes.new(slot)
        offsets = np.cumsum([0] + [len(part.vertices) for part in parts])
        placed = zip(parts, offsets.tolist(), strict=False)
        faces = [tuple(i + start for i in face) for part, start in placed for face in part.faces]
        mesh.from_pydata(np.concatenate([part.vertices for part in parts]).tolist(), [], faces)
        grain = mesh.attributes.new("grain", "FLOAT_VECTOR", "POINT")
        grain.data.foreach_set("vector", np.concatenate([_grain(part, i) for i, part in enumerate(parts)]).ravel())
        mesh.polygons.foreach_set("use_smooth", [True] * len(faces))
        mesh.set_sharp_from_angle(angle=0.6)
        mesh.materials.append(_material(FINISHES[finishes[slot]]))
        made = bpy.data.objects.new(slot, mesh)
        bevel = made.modifiers.new("bevel", "BEVEL")
        bevel.width, bevel.segments, bevel.limit_method, bevel.angle_limit = 0.004, 2, "ANGLE", 0.9
        self._scene.collection.objects.link(made)
        return made

    def _lights(self, view: View, parts: list[Part]) -> list[bpy.types.Object]:
        """A large key light from the upper left of the camera, a weak one from the right, in sizes of the piece."""
        points = np.concatenate([part.vertices for part in parts])
        middle, size = (points.min(axis=0) + points.max(axis=0)) / 2, float(np.linalg.norm(np.ptp(points, axis=0)))
        made = []
        for across, up, power in ((-1.3, 1.5, 26.0), (1.5, 0.6, 7.0)):
            light = bpy.data.lights.new("light", "AREA")
            light.energy, light.size = power * size**2, 1.2 * size
            each = bpy.data.objects.new("light", light)
            place = middle + size * (across * view.axes[0] + np.array([0, 0, up]) + 0.8 * view.axes[2])
            each.matrix_world = _looking(place, middle)
            self._scene.collection.objects.link(each)
            made.append(each)
        return made


def encoded(photo: Image.Image, quality: int) -> bytes:
    """The photo as JPEG bytes."""
    stream = io.BytesIO()
    photo.save(stream, "JPEG", quality=quality, optimize=True)
    return stream.getvalue()


def _slots(parts: list[Part]) -> list[str]:
    return sorted({part.material for part in parts})


def _grain(part: Part, number: int) -> np.ndarray:
    """(n, 3) coordinates along the part's own axes, the longest last, shifted so that no two parts look alike."""
    centred = part.vertices - part.vertices.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    return centred @ axes + np.array([0.37, 0.71, 1.3]) * number


def _looking(place: np.ndarray, at: np.ndarray) -> list[list[float]]:
    """Columns of a matrix that puts a lamp at `place` and turns its -z towards `at`."""
    backwards = (place - at) / np.linalg.norm(place - at)
    right = np.cross([0.0, 0.0, 1.0], backwards)
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1], matrix[:3, 2], matrix[:3, 3] = right, np.cross(backwards, right), backwards, place
    return matrix.T.tolist()


def _material(finish: Finish) -> bpy.types.Material:
    material = bpy.data.materials.new(finish.kind)
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    shader = nodes["Principled BSDF"]
    shader.inputs["Base Color"].default_value = (*finish.colour, 1)
    shader.inputs["Roughness"].default_value = finish.roughness
    shader.inputs["Metallic"].default_value = float(finish.kind == "metal")
    grain = nodes.new("ShaderNodeAttribute")
    grain.attribute_name = "grain"
    if finish.kind == "wood":
        _wood(nodes, links, grain, shader, finish)
    if finish.kind == "fabric":
        shader.inputs["Sheen Weight"].default_value = 0.25
    if finish.kind in ("fabric", "leather"):
        _rough(nodes, links, grain, shader, 900 if finish.kind == "fabric" else 220)
    return material


def _wood(nodes, links, grain, shader, finish: Finish) -> None:
    """Streaks along the longest axis of each part."""
    stretch, noise, ramp = (nodes.new(f"ShaderNode{kind}") for kind in ("Mapping", "TexNoise", "ValToRGB"))
    stretch.inputs["Scale"].default_value = (60, 60, 3)
    noise.inputs["Scale"].default_value, noise.inputs["Detail"].default_value = 1.0, 3.0
    links.new(grain.outputs["Vector"], stretch.inputs["Vector"])
    links.new(stretch.outputs["Vector"], noise.inputs["Vector"])
    links.new(noise.outputs["Fac"], ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], shader.inputs["Base Color"])
    dark, light = ramp.color_ramp.elements
    dark.position, light.position = 0.3, 0.7
    dark.color = (*(0.72 * channel for channel in finish.colour), 1)
    light.color = (*(min(1.0, 1.18 * channel) for channel in finish.colour), 1)


def _rough(nodes, links, grain, shader, scale: float) -> None:
    """A fine relief: the weave of a cloth, the grain of a hide."""
    noise, bump = nodes.new("ShaderNodeTexNoise"), nodes.new("ShaderNodeBump")
    noise.inputs["Scale"].default_value = scale
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.5, 0.003
    links.new(grain.outputs["Vector"], noise.inputs["Vector"])
    links.new(noise.outputs["Fac"], bump.inputs["Height"])
    links.new(bump.outputs["Normal"], shader.inputs["Normal"])
