"""What calls leave behind besides memory: threads, descriptors, processes, shared memory, tasks, timers, files."""
