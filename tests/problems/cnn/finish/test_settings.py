from evoapproxnas.problems.cnn.finish.settings import finish_settings
from tests.fakes import tiny_config


def test_all_images_are_used_and_no_training_is_cut_short():
    few = ("data.train_images=100", "data.validation_images=50", "data.test_images=70")
    found = finish_settings(tiny_config(*few, "training.max_seconds=3", "finish.passes=9"))
    assert (found.data.train_images, found.data.validation_images) == (None, None)
    assert found.data.test_images == 70
    assert (found.training.epochs, found.training.max_seconds) == (9, None)


def test_what_the_finish_does_not_say_is_as_in_the_search():
    searched = tiny_config("training.learning_rate=0.3", "training.label_smoothing=0.1")
    found = finish_settings(searched).training
    assert (found.learning_rate, found.batch_size, found.label_smoothing) == (0.3, 32, 0.1)
    own = ("finish.learning_rate=0.2", "finish.batch_size=99", "finish.schedule=cosine")
    found = finish_settings(tiny_config(*own)).training
    assert (found.learning_rate, found.batch_size, found.schedule) == (0.2, 99, "cosine")


def test_a_rate_that_never_falls_is_for_searches_only():
    assert finish_settings(tiny_config("training.schedule=constant")).training.schedule == (
        "one_cycle"
    )


def test_layers_may_be_quantized_otherwise_than_in_the_search():
    search = ("quantization.tune_weights=true", "quantization.activation_bits=7")
    assert finish_settings(tiny_config(*search)).quantization == tiny_config(*search).quantization
    own = (
        "finish.per_channel=true",
        "finish.tune_weights=false",
        "finish.range_method=percentile",
    )
    found = finish_settings(tiny_config(*search, *own)).quantization
    assert (found.per_channel, found.tune_weights) == (True, False)
    assert (found.range_method, found.activation_bits) == ("percentile", 7)
