"""Records TensorFlow's ``image.crop_and_resize``.

python -m tests.golden.record_crop_and_resize [--check]
"""

import sys

import numpy as np
import tensorflow as tf

from ..tolerances import unit
from . import roi_calls
from .recording import Answers, command


def record() -> Answers:
    """Values, and the pull-backs of ``cotangent``; those of boxes that are not the whole image."""
    answers: Answers = {}
    boxes, indices = roi_calls.normalised_boxes()
    for call in roi_calls.CROP_CALLS:
        image, corners = tf.constant(roi_calls.image()), tf.constant(boxes)
        with tf.GradientTape() as tape:
            tape.watch([image, corners])
            y = tf.image.crop_and_resize(image, corners, indices, *call.arguments)
            loss = tf.reduce_sum(y * roi_calls.cotangent(tuple(y.shape)))
        to_image, to_boxes = tape.gradient(loss, [image, corners])
        answers[call.name], answers[f"{call.name} gradient"] = y.numpy(), to_image.numpy()
        if "bilinear" in call.name:
            # At whole coordinates, as of the last box, TensorFlow's is zero.
            answers[f"{call.name} gradient of boxes"] = to_boxes.numpy()[:-1]
    return answers


def _two_units(name: str, value: np.ndarray) -> float:
    return 2 * unit("float32", value)


if __name__ == "__main__":
    options = {"package": "TensorFlow", "installed": tf.__version__, "allowance": _two_units}
    sys.exit(command(roi_calls.TENSORFLOW, record, **options))
