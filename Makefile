# Everything a newcomer types; the work is done in Scripts/.
.PHONY: help setup demo build test lint format samples benchmarks clean

SWIFT_SOURCES = Package.swift Sources Tests $(wildcard Benchmarks)

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## install the missing system packages
	@Scripts/setup

demo: ## make the sample model small in six ways, measure each on MNIST, print one table
	@Scripts/demo

build: setup ## build everything in release
	@Scripts/build

test: ## set up, lint, build and run all tests
	@Scripts/test

lint: ## check the form of the Swift sources
	@echo "lint: swift format lint --strict $(SWIFT_SOURCES)"
	@swift format lint --recursive --strict $(SWIFT_SOURCES)

format: ## bring the Swift sources into that form
	@echo "format: swift format --in-place $(SWIFT_SOURCES)"
	@swift format --recursive --in-place $(SWIFT_SOURCES)

samples: ## train and convert the sample models again
	@Scripts/samples

benchmarks: ## run the benchmarks against their peers
	@echo "benchmarks: Benchmarks/run training, then conversion"
	@Scripts/setup python3-numpy
	@SPECTRIM_MNIST="$$(Scripts/mnist)" Benchmarks/run training
	@Benchmarks/run conversion

clean: ## remove what was built
	@echo "clean: removing .build and Benchmarks/.build"
	@rm -rf .build Benchmarks/.build
