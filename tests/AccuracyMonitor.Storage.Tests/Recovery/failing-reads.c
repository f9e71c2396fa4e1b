/* Preloaded into a process: makes reads of database files fail with EIO, as a disk that has an error or a network volume that is away does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long seen;
static atomic_long first = -1;
static atomic_long count;

/* The calls number `from` to `from + number - 1`, counted from 0 from now on, fail; a negative `from`: none. */
void fail_reads(long from, long number)
{
    atomic_store(&first, -1);
    atomic_store(&seen, 0);
    atomic_store(&count, number);
    atomic_store(&first, from);
}

long reads_seen(void)
{
    return atomic_load(&seen);
}

static int fails(const char *path)
{
    long from = atomic_load(&first);
    if (from < 0 || (strstr(path, ".db") == NULL) || strstr(path, ".lock") != NULL)
    {
        return 0;
    }

    long number = atomic_fetch_add(&seen, 1);
    return number >= from && number < from + atomic_load(&count);
}

static int descriptor_fails(int fd)
{
    char link[64];
    char path[4096];
    if (atomic_load(&first) < 0)
    {
        return 0;
    }

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
    {
        return 0;
    }

    path[length] = 0;
    return fails(path);
}

#define FAIL() do { errno = EIO; return -1; } while (0)
#define REAL(name) static __typeof__(name) *real; if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

ssize_t pread(int fd, void *buffer, size_t size, off_t offset)
{
    REAL(pread);
    if (descriptor_fails(fd)) FAIL();
    return real(fd, buffer, size, offset);
}

ssize_t pread64(int fd, void *buffer, size_t size, off64_t offset)
{
    REAL(pread64);
    if (descriptor_fails(fd)) FAIL();
    return real(fd, buffer, size, offset);
}

ssize_t read(int fd, void *buffer, size_t size)
{
    REAL(read);
    if (descriptor_fails(fd)) FAIL();
    return real(fd, buffer, size);
}

int stat(const char *restrict path, struct stat *restrict answer)
{
    REAL(stat);
    if (fails(path)) FAIL();
    return real(path, answer);
}

int stat64(const char *restrict path, struct stat64 *restrict answer)
{
    REAL(stat64);
    if (fails(path)) FAIL();
    return real(path, answer);
}

int lstat(const char *restrict path, struct stat *restrict answer)
{
    REAL(lstat);
    if (fails(path)) FAIL();
    return real(path, answer);
}

int lstat64(const char *restrict path, struct stat64 *restrict answer)
{
    REAL(lstat64);
    if (fails(path)) FAIL();
    return real(path, answer);
}
