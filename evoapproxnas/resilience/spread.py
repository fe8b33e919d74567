def spread_choices(*a, **k):
    raise NotImplementedError
