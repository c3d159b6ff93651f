"""Programs in Go that tests run, pinned by a Go module and built from source."""
