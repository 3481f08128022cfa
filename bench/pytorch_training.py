"""Trains the U-Net on CamVid as a plain PyTorch script does, for `bun run bench:training`.

A Dataset that decodes, crops to the square in the middle, resizes and mirrors, a DataLoader with a worker for each core, and
after each epoch the validation split; the last weights are saved. Prints one JSON object per line for each epoch.
"""
import argparse
import json
import os
import random
import time
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from pytorch_unet import UNet, autocast

# CamVid's 12 classes, in the order of their values, as the groups that the project trains on.
GROUPS = torch.tensor([5, 2, 3, 1, 1, 4, 3, 2, 7, 6, 6, 0])


class Scenes(Dataset):
    def __init__(self, root, split, size, mirror):
        self.images = sorted(Path(root, split).glob("*.png"))
        self.masks = Path(root, split + "annot")
        self.size, self.mirror = size, mirror

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        file = self.images[index]
        image = self.square(Image.open(file).convert("RGB"), Image.BILINEAR)
        mask = self.square(Image.open(self.masks / file.name), Image.NEAREST)
        if self.mirror and random.random() < 0.5:
            image, mask = image[:, ::-1], mask[:, ::-1]
        pixels = torch.from_numpy(image.copy()).permute(2, 0, 1).float() / 127.5 - 1
        return pixels, GROUPS[torch.from_numpy(mask.copy()).long()]

    def square(self, picture, resampling):
        width, height = picture.size
        side = min(width, height)
        left, top = (width - side) // 2, (height - side) // 2
        cropped = picture.crop((left, top, left + side, top + side))
        return numpy.asarray(cropped.resize((self.size, self.size), resampling))


def main(root, size, batch, epochs, precision, output):
    torch.manual_seed(1)
    workers = os.cpu_count()
    loader = lambda split, training: DataLoader(  # noqa: E731
        Scenes(root, split, size, training), batch, shuffle=training, num_workers=workers, persistent_workers=True
    )
    training, validation = loader("train", True), loader("val", False)
    model = UNet().to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
    loss_of = lambda pixels, groups: F.cross_entropy(  # noqa: E731
        model(pixels.contiguous(memory_format=torch.channels_last)), groups
    )
    for epoch in range(1, epochs + 1):
        started = time.perf_counter()
        model.train()
        for pixels, groups in training:
            optimizer.zero_grad(set_to_none=True)
            with autocast(precision):
                loss = loss_of(pixels, groups)
            loss.backward()
            optimizer.step()
            loss.item()
        model.eval()
        total = 0.0
        with torch.inference_mode(), autocast(precision):
            for pixels, groups in validation:
                total += loss_of(pixels, groups).item() * len(pixels)
        seconds = time.perf_counter() - started
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict()}, output)
        validation_loss = total / len(validation.dataset)
        print(json.dumps({"epoch": epoch, "seconds": seconds, "validationLoss": validation_loss}), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("root")
    for name in ("size", "batch", "epochs"):
        parser.add_argument(name, type=int)
    parser.add_argument("precision", choices=["float32", "bfloat16"])
    parser.add_argument("output")
    main(**vars(parser.parse_args()))
