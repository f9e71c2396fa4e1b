using System.Buffers.Binary;
using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Sampling;
using MathNet.Numerics.Statistics;
using Spectre.Console;

namespace AccuracyMonitor.Benchmarks;

/// <summary><c>benchmarks coin</c>: the keyed hash behind a sampling decision, beside what was considered in its place.</summary>
internal static class CoinBench
{
    private const int Ids = 4096;

    public static Command Create()
    {
        var rounds = BoundedOption.Create("--rounds", "Turns that each contestant gets; the median counts.", 25, 3, 10_000);
        var command = new Command(
            "coin",
            """
            Nanoseconds that the hash of a prediction id of 36 characters costs: XXH64 (not keyed), SipHash-2-4 (what decides), and HMAC-SHA256 by a
            call of its own and by one that keeps the key. They take turns in one run, on one core.

              benchmarks coin
            """) { rounds };
        command.SetAction(parsed =>
        {
            OneCore.Pin();
            Run(parsed.GetValue(rounds));
        });
        return command;
    }

    private static void Run(int rounds)
    {
        var key = RandomNumberGenerator.GetBytes(CoinKey.Bytes);
        var hash = new CoinKey(key).Decisions(new ModelKey("m", "1"));
        var ids = Enumerable.Range(0, Ids).Select(_ => Guid.NewGuid().ToString()).ToArray();
        using var kept = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        (string Name, Func<string, ulong> Of, List<double> Times)[] contestants =
        [
            ("XXH64, not keyed", id => StableHash.Of(id, 1), []),
            ("SipHash-2-4", id => hash.Of(id), []),
            ("HMAC-SHA256, key kept", id => Kept(kept, id), []),
            ("HMAC-SHA256, one call", id => OneCall(key, id), []),
        ];
        var folded = 0ul;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (_, of, times) in contestants)
            {
                var started = Stopwatch.GetTimestamp();
                foreach (var id in ids)
                {
                    folded ^= of(id);
                }

                times.Add(Stopwatch.GetElapsedTime(started).TotalNanoseconds / Ids);
            }
        }

        var table = new Table().AddColumns("hash", "ns an id, median");
        foreach (var (name, _, times) in contestants)
        {
            table.AddRow(name, string.Create(CultureInfo.InvariantCulture, $"{times.Median():0}"));
        }

        CommandConsole.Standard.Write(table);
        GC.KeepAlive(folded);
    }

    private static ulong Kept(IncrementalHash hmac, string id)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.AppendData(MemoryMarshal.AsBytes(id.AsSpan()));
        hmac.GetHashAndReset(hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private static ulong OneCall(byte[] key, string id)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, MemoryMarshal.AsBytes(id.AsSpan()), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }
}
