"""A small network with the published layout, random weights, and clusters made by hand."""

import numpy as np

from sketchlib.models import Recogniser
from sketchlib.models.cards import Card, Preprocessing, WeightFile, Weights
from sketchlib.models.published import from_published
from sketchlib.models.sketchxainet import SketchXAINet, SketchXAINetConfig
from sketchlib.shapes import Clusters, Count, Kept, Sample, cosines, embed_samples, fingerprint
from tests.hub_stand_in import published_tensors

WIDTH, CLASSES = 12, ("cat", "cow", "dog")
TENSORS = {key: 4 * tensor for key, tensor in published_tensors(WIDTH, 1, len(CLASSES)).items()}
PLAIN = {key: tensor.double().numpy() for key, tensor in TENSORS.items()}
READ = Preprocessing("none", most_strokes=5)


def recogniser(preprocessing=READ, digit="0"):
    """digit: makes up the sha256 of its weights."""
    network = SketchXAINet(SketchXAINetConfig(len(CLASSES), WIDTH, 1, 3))
    network.load_state_dict(from_published(TENSORS))
    weights = Weights((WeightFile("w.safetensors", digit * 64),))
    fields = {"builder": "sketchxainet", "licence": "none", "trained_on": "here", "command": "none", "config": {}}
    return Recogniser(network, Card("toy", 2, classes=CLASSES, preprocessing=preprocessing, weights=weights, **fields))


def points(*places):
    return np.array(places) / 255


SAMPLES = (
    Sample("line, 0°", points((0, 0), (51, 0))),
    Sample("line, 0°", points((0, 0), (115, 0))),
    Sample("line, 90°", points((0, 0), (0, 51))),
    Sample("line, 90°", points((0, 0), (0, 115))),
    Sample("boat", points((10, 200), (60, 255), (190, 255), (255, 200))),
    Sample("boat", points((128, 200), (128, 0), (200, 150))),
)


def clusters(model):
    """Three centroids: those of the first, third and fifth sample."""
    vectors = embed_samples(model, SAMPLES)
    centroids = vectors[[0, 2, 4]] / np.linalg.norm(vectors[[0, 2, 4]], axis=1, keepdims=True)
    return Clusters(
        model=model.card.title,
        sha256=fingerprint(model.card),
        data="20 drawings",
        n=100,
        centroids=centroids,
        shares=np.array([0.2, 0.5, 0.3]),
        tightness=np.array([0.9, 0.8, 0.7]),
        samples=SAMPLES,
        sample_clusters=cosines(vectors, centroids).argmax(axis=1),
        representatives=np.array([0, 2, 4]),
        cosine=np.ones(3),
        counts=(Count(2, (0.2, 0.4), 0.5, 0.25), Count(3, (0.1, 0.2), 0.75, 0.5)),
        kept=Kept(40, 0.9, 0.5, 0.25),
        order=np.eye(4),
    )
