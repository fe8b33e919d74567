"""An executor for the finish of runs that gives figures without training."""

from evoapproxnas.executors import InlineExecutor, Result
from evoapproxnas.executors.messages import task_of
from evoapproxnas.networks import Network
from evoapproxnas.problems import CHECKPOINT, Turn
from evoapproxnas.problems.cnn.finish.records import Assigned, Found, Trained, Tuned
from evoapproxnas.problems.cnn.finish.tasks import AssignWork, TrainWork, TuneWork
from evoapproxnas.problems.cnn.tasks import MODEL, WEIGHTS

CIRCUITS = ("mul8u_or8_v6", "mul8u_or10_v7", "mul8u_or12_v10")


class FinishExecutor(InlineExecutor):
    """Trains in two turns; everything else takes one.

    Args:
        die_after: raise KeyboardInterrupt in place of the next outcome after so many.
        fails: returns a failure for a task, or None.

    Attributes:
        done: (word, name, names of the blobs that came with it) of every turn.
    """

    def __init__(self, die_after=None, fails=lambda word, name: None):
        super().__init__()
        self.die_after, self.fails = die_after, fails
        self.done = []

    def completed(self):
        while self._waiting:
            ticket, message = self._waiting.popleft()
            if self.die_after is not None and len(self.done) >= self.die_after:
                raise KeyboardInterrupt
            task = task_of(message)
            word = task.kind.partition(":")[2]
            name = task.payload["name"]
            self.done.append((word, name, frozenset(task.blobs)))
            yield ticket, self.fails(word, name) or getattr(self, word)(task)

    def train(self, task):
        work = task.read(TrainWork)
        if CHECKPOINT not in task.blobs:
            return Result.of(Turn("half of it", complete=False), {CHECKPOINT: b"state"})
        record = Trained(
            passes=work.config.training.epochs,
            selected_epoch=1,
            val_accuracy=0.9,
            seconds=10.0,
            seed=work.seed,
            begun_with=work.begin,
            history=(),
        )
        return Result.of(Turn("trained", record=vars(record)), {WEIGHTS: b"weights"})

    def assign(self, task):
        work = task.read(AssignWork)
        network = Network.from_dict(work.network)
        found = [
            Found(
                assignment=dict.fromkeys(network.assignment, name),
                val_accuracy=0.9 - 0.01 * i,
                energy_nj=2.0**-i,
                relative_energy=0.5**i,
            )
            for i, name in enumerate(("mul8u_exact", *CIRCUITS))
        ]
        record = Assigned(
            front=tuple(found),
            val_exact8_accuracy=0.9,
            float_accuracy=0.91,
            exact8_accuracy=0.9,
            test_images=100,
            seconds=1.0,
        )
        return Result.of(Turn("assigned", record={**vars(record), "front": map(vars, found)}))

    def tune(self, task):
        work = task.read(TuneWork)
        network = Network.from_dict(work.network)
        share = 0.5 if work.kind == "approximate" else 0.6
        energies = {"energy_nj": share, "mmac_equivalents": share, "relative_energy": share}
        record = Tuned(
            training=work.training,
            kind=work.kind,
            assignment=network.assignment,
            val_before=0.8,
            val_accuracy=0.88,
            test_before=0.79,
            test_accuracy=0.87,
            passes=work.config.finish.finetune_passes,
            selected_epoch=1,
            gradient=work.config.finish.gradient,
            seconds=2.0,
            seed=work.seed,
            figures={**energies, "macs": 100.0, "parameters": 10.0},
        )
        return Result.of(Turn("tuned", record=vars(record)), {MODEL: b"model"})
