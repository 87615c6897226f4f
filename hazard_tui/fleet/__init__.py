"""Workers: what etcd announces, and how each of them is."""
