"""A pytest plugin for runs against a mutant, which need only die: fixed examples, stop at the first failure."""

import resource

from hypothesis import Phase, settings

settings.register_profile(
    "mutation",
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
)


def pytest_configure():
    """A walk that never ends fills a list; it should run out of memory before the machine does."""
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
