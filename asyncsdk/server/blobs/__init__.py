"""Object storage: files in the workspace, reached by signed URLs."""
