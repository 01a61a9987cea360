"""Which of the teacher's layers each layer of the student learns from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..counting import counted
from ..errors import ConfigError

UNIFORM, LAST = "uniform", "last"


@dataclass(frozen=True)
class LayerMap:
    """For each layer of the student, the teacher's layer whose output it learns: g(m) in Jiao et al. 2019, section 3.

    Layers count from 0, embeddings apart: the student's embeddings always learn from the teacher's.

    Args:
        targets: The teacher's layer for each of the student's.
        teacher_layers: Number of the teacher's layers.

    Raises:
        ConfigError: A layer does not exist, or a higher layer of the student learns from a lower one of the teacher.

    Example:
        >>> print(LayerMap.of("uniform", student_layers=4, teacher_layers=6))
        student layer 0 learns from teacher layer 0, 1 from 2, 2 from 3, 3 from 5
    """

    targets: tuple[int, ...]
    teacher_layers: int

    def __post_init__(self) -> None:
        has = f"the teacher has {counted(self.teacher_layers, 'layer')}, 0 to {self.teacher_layers - 1}"
        for target in self.targets:
            if not 0 <= target < self.teacher_layers:
                raise ConfigError(f"the layer map names layer {target}, but {has}", argument="layer_map")
        if list(self.targets) != sorted(self.targets):
            raise ConfigError(
                f"the layer map is {', '.join(map(str, self.targets))}: a higher layer must not learn from a lower one",
                argument="layer_map",
            )

    @classmethod
    def of(cls, given: str, *, student_layers: int, teacher_layers: int) -> LayerMap:
        """The map that a setting stands for.

        Args:
            given: `uniform`: every N/M-th layer of the teacher's N, the last among them, rounded down where M does not
                divide N. `last`: the teacher's last M layers. Or M layers of the teacher, such as `0,2,3,5`.
            student_layers: Number of the student's layers (M).
            teacher_layers: Number of the teacher's layers (N).

        Raises:
            ConfigError: It is none of these, has another number of layers, or the student has more layers.
        """
        if re.fullmatch(r"\s*\d{1,4}\s*(,\s*\d{1,4}\s*)*", given):
            targets = tuple(map(int, given.split(",")))
            if len(targets) != student_layers:
                raise ConfigError(
                    f"the layer map is {given}, {counted(len(targets), 'layer')}: the student has {student_layers}",
                    argument="layer_map",
                )
            return cls(targets, teacher_layers)
        if given not in (UNIFORM, LAST):
            raise ConfigError(
                f"the layer map is {given!r}: it must be {UNIFORM}, {LAST}, or a layer of the teacher for each of the "
                "student's",
                argument="layer_map",
                example=",".join(map(str, range(student_layers))),
            )
        if student_layers > teacher_layers:
            raise ConfigError(
                f"the student has {counted(student_layers, 'layer')}, more than the teacher's {teacher_layers}: say "
                "which of the teacher's each learns from",
                argument="layer_map",
            )
        if given == LAST:
            return cls(tuple(range(teacher_layers - student_layers, teacher_layers)), teacher_layers)
        layers = range(1, student_layers + 1)
        return cls(tuple(layer * teacher_layers // student_layers - 1 for layer in layers), teacher_layers)

    def __str__(self) -> str:
        first, *others = enumerate(self.targets)
        pairs = [f"student layer {first[0]} learns from teacher layer {first[1]}"]
        return ", ".join([*pairs, *(f"{layer} from {target}" for layer, target in others)])
