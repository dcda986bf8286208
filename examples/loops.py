"""The loop that anybody writes in plain torch: it asks nothing of its data."""

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR


def by_hand(  # noqa: PLR0913, PLR0917
    model: nn.Module,
    loss: Callable[[Tensor], Tensor],
    samples: int,
    batch: int,
    rate: float,
    steps: int,
) -> nn.Module:
    """
    Take so many steps of Adam, whose rate falls to nothing as a cosine does.

    *loss* is that of samples by their numbers, averaged.
    """
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    falling = LambdaLR(optimizer, lambda step: (1 + math.cos(math.pi * step / steps)) / 2)
    done = 0
    while done < steps:
        for rows in torch.randperm(samples).split(batch)[: steps - done]:
            optimizer.zero_grad()
            loss(rows).backward()
            optimizer.step()
            falling.step()
            done += 1
    return model.eval()
