using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Hosting;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Hosting;

/// <summary>What the sidecar's memory is planned from.</summary>
internal sealed class MemoryOptions
{
    public const string Section = "Memory";

    /// <summary>
    /// Memory that the shares below are computed from, in bytes, at least 32 MiB. 0: what the runtime may use for its heap, in a container three
    /// quarters of the container's limit. Default 0.
    /// </summary>
    [Range(0, 1L << 42)]
    public long LimitBytes { get; set; }

    /// <summary>
    /// Bytes of messages that may be on their way in at a time and of answers that wait for their callers, over all gRPC calls; beyond it the call
    /// that brings more is refused (RESOURCE_EXHAUSTED). One peer may hold three quarters of it, so that is also the largest message. 0: a sixth of
    /// the memory, 8 to 256 MiB. Default 0.
    /// </summary>
    [Range(0, 1L << 40)]
    public long ReadBytes { get; set; }

    /// <summary>
    /// Bytes of state of all model versions: windows by segment and class, samples, remembered ids. Each part is charged before it is made; without room
    /// for a further version its batches are refused (RESOURCE_EXHAUSTED), a further segment or class is counted under the others. 0: a third of
    /// the memory. Default 0.
    /// </summary>
    [Range(0, 1L << 42)]
    public long StateBytes { get; set; }

    /// <summary>Longest time from a message's first byte to its last, 1 s–1 h; a call that is slower is refused. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest time that an answer of an Observe stream waits for its caller to read it, 1 s–1 h; then the stream is ended. Default 30 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public long EffectiveLimit => LimitBytes > 0 ? Math.Max(LimitBytes, 32L << 20) : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    public long EffectiveStateBytes => StateBytes > 0 ? StateBytes : EffectiveLimit / 3;

    /// <summary>Bytes of one HTTP/2 connection that may wait unread: of all connections together a sixth of the memory.</summary>
    public int WindowOf(int connections) => (int)Math.Clamp(EffectiveLimit / 6 / Math.Max(1, connections), 128 << 10, 16 << 20);

    public PeerBudget NewReadBudget()
    {
        var total = ReadBytes > 0 ? ReadBytes : Math.Clamp(EffectiveLimit / 6, 8L << 20, 256L << 20);
        return new PeerBudget(total, total / 4 * 3);
    }
}

[OptionsValidator]
internal sealed partial class MemoryOptionsValidator : IValidateOptions<MemoryOptions>;
