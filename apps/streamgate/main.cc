// streamgate: one binary; the first word says which part of it runs.
int main() { return 0; }
