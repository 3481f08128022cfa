"""PyTorch predicts a whole picture in the windows that the project takes, as one contender of `bun run bench:prediction`.

Squares as high as the picture (or as wide), neighbours overlapping by half, each resized to 64 pixels (Pillow, bilinear), its
logits up-sampled to its own size, probabilities added where windows overlap.
"""
import argparse
import math
import time

import numpy
import torch
import torch.nn.functional as F
from PIL import Image

from contender import serve
from pytorch_unet import CLASSES, UNet, autocast

SIZE = 64


def starts(length, side):
    count = math.ceil((length - side) / (side / 2) - 1e-9) + 1
    return [round(index * (length - side) / max(1, count - 1)) for index in range(count)]


def main(width, height, precision):
    torch.manual_seed(1)
    started = time.perf_counter()
    model = UNet().eval().to(memory_format=torch.channels_last)
    pixels = numpy.random.default_rng(1).integers(0, 256, (height, width, 3), numpy.uint8)
    side = min(width, height)

    def infer():
        picture = Image.fromarray(pixels)
        total = torch.zeros(CLASSES, height, width)
        with torch.inference_mode(), autocast(precision):
            for top in starts(height, side):
                for left in starts(width, side):
                    box = (left, top, left + side, top + side)
                    window = picture.resize((SIZE, SIZE), Image.BILINEAR, box)
                    values = torch.from_numpy(numpy.asarray(window).copy()).permute(2, 0, 1)[None].float() / 127.5 - 1
                    logits = model(values.contiguous(memory_format=torch.channels_last)).float()
                    large = F.interpolate(logits, (side, side), mode="bilinear")
                    total[:, top : top + side, left : left + side] += large.softmax(1)[0]
            return total.argmax(0).to(torch.uint8)[height // 2, width // 2].item()

    parameters = sum(parameter.numel() for parameter in model.parameters())
    serve(f"PyTorch {torch.__version__}", parameters, started, {"infer": infer})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("width", "height"):
        parser.add_argument(name, type=int)
    parser.add_argument("precision", choices=["float32", "bfloat16"])
    main(**vars(parser.parse_args()))
