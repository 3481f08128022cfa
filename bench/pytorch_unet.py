"""The project's U-Net in PyTorch on the CPU, as one contender of `bun run bench`.

The same layers, batch and optimizer as src/model/decoders/u-net.ts at width 1 with batch normalisation; bfloat16 is
torch.autocast's.
"""
import argparse
import time

import torch
from torch import nn
import torch.nn.functional as F

from contender import serve

BLOCKS = [(2, 64), (2, 128), (4, 256), (4, 512), (4, 512)]
CLASSES = 8


def unit(channels, filters):
    # Keras's momentum 0.9 is PyTorch's 0.1.
    return nn.Sequential(
        nn.Conv2d(channels, filters, 3, padding=1, bias=False),
        nn.BatchNorm2d(filters, eps=1e-3, momentum=0.1),
        nn.ReLU(inplace=True),
    )


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.up, self.mix = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        channels = 3
        for layers, filters in BLOCKS:
            units = [unit(channels if index == 0 else filters, filters) for index in range(layers)]
            self.encoder.append(nn.Sequential(*units))
            channels = filters
        self.bottleneck = nn.Sequential(unit(channels, 512), unit(512, 512))
        channels = 512
        for _, filters in reversed(BLOCKS):
            self.up.append(nn.ConvTranspose2d(channels, filters, 2, stride=2))
            self.mix.append(nn.Sequential(unit(2 * filters, filters), unit(filters, filters)))
            channels = filters
        self.head = nn.Conv2d(channels, CLASSES, 1)

    def forward(self, features):
        skips = []
        for block in self.encoder:
            features = block(features)
            skips.append(features)
            features = F.max_pool2d(features, 2)
        features = self.bottleneck(features)
        for up, mix in zip(self.up, self.mix):
            features = mix(torch.cat([up(features), skips.pop()], 1))
        return self.head(features)


def autocast(precision):
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16")


def main(size, batch, threads, precision, channels_last, compiled):
    if threads:
        torch.set_num_threads(threads)
    torch.manual_seed(1)
    started = time.perf_counter()
    model = UNet()
    images = torch.rand(batch, 3, size, size) * 2 - 1
    classes = torch.randint(0, CLASSES, (batch, size, size))
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
        images = images.contiguous(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-7)
    forward = torch.compile(model) if compiled else model

    def train():
        model.train()
        optimizer.zero_grad(set_to_none=True)
        with autocast(precision):
            loss = F.cross_entropy(forward(images), classes)
        loss.backward()
        optimizer.step()
        return loss.item()

    def infer():
        model.eval()
        with torch.inference_mode(), autocast(precision):
            return forward(images).argmax(1).sum().item()

    parameters = sum(parameter.numel() for parameter in model.parameters())
    serve(f"PyTorch {torch.__version__}", parameters, started, {"train": train, "infer": infer})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("size", "batch", "threads"):
        parser.add_argument(name, type=int)
    parser.add_argument("precision", choices=["float32", "bfloat16"])
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--compile", dest="compiled", action="store_true")
    main(**vars(parser.parse_args()))
