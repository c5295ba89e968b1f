.PHONY: build test check lock bench

build:
	./scripts/build

test:
	./scripts/test

check:
	./scripts/check

lock:
	./scripts/lock

bench: build
	./scripts/setup dev
	.venv/bin/python bench/build.py
