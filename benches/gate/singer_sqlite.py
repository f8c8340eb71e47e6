"""Singer's SQLite target, whose SQLAlchemy looks for these where Python had them until 3.9."""

import collections
import collections.abc

for name in ("Callable", "Iterable", "Mapping", "MutableMapping", "MutableSet", "Sequence", "Set"):
    setattr(collections, name, getattr(collections.abc, name))

from target_sqlite import main  # noqa: E402

main()
