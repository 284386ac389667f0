"""GPUs by their names, and the machines that have them."""

from __future__ import annotations

from catalog.errors import InvalidArgumentError
from catalog.offers.resources.bill import Bill, Choice
from catalog.offers.resources.series import Gpu, gpus, machine_types, series

N1 = "n1"
# Machines of N1 to propose for a GPU that is attached.
N1_EXAMPLES = ("n1-standard-1", "n1-standard-4", "n1-standard-8", "n1-highmem-8")


def gpu_alone(name: str) -> Bill | None:
    """The question for the machine of a GPU that somebody names without one; None if `name` is no GPU."""
    gpu = find_gpu(name)
    if gpu is None:
        return None
    own = [machine.name for machine in machine_types().values() if machine.gpu == gpu.name]
    attached = [each for each in N1_EXAMPLES if gpu.name in series(N1).gpus]
    asked = f"Which machine? Send it as resource{f', with gpu {gpu.name}' if attached else ''}."
    return Bill(gpu.name, choices=(Choice("resource", (*own, *attached), asked),))


def gpu_named(name: str) -> Gpu:
    """The GPU of a name.

    Raises:
        InvalidArgumentError: there is none.
    """
    if gpu := find_gpu(name):
        return gpu
    raise InvalidArgumentError(
        f"There is no GPU {name!r}.",
        hint="Send a candidate.",
        candidates=[{"gpu": known} for known in gpus()],
    )


def find_gpu(name: str) -> Gpu | None:
    """The GPU of a name: as the API has it, or without the maker's name, such as "t4"."""
    folded = name.strip().lower().replace("_", "-").replace(" ", "-")
    short = folded.removeprefix("nvidia-").removeprefix("tesla-")
    for gpu in gpus().values():
        if folded == gpu.name or short in (
            gpu.model,
            gpu.name.removeprefix("nvidia-").removeprefix("tesla-"),
        ):
            return gpu
    return None


def machines_with(gpu: Gpu | None) -> str:
    """Where a GPU is to be had."""
    if gpu is None:
        return "Name the GPU, or leave out gpu_count."
    found = [machine.name for machine in machine_types().values() if machine.gpu == gpu.name]
    names = [*found[:3], *([f"an N1 machine with gpu {gpu.name}"] if gpu.name in series(N1).gpus else [])]
    return f"It comes with {', '.join(names)}." if names else "Leave it out."
