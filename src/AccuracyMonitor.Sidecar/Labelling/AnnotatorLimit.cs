using System.Runtime.InteropServices;
using AccuracyMonitor.Sidecar.Hosting;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Bounds the answers of each annotator in a clock hour (UTC), so that a program that answers by mistake is stopped. Safe for many callers.</summary>
internal sealed class AnnotatorLimit(IOptions<LabellingOptions> options, TimeProvider time)
{
    /// <summary>Annotators counted apart in one hour; those beyond are counted together, as those without a name are.</summary>
    public const int MaxAnnotators = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _answers = new(StringComparer.Ordinal);
    private long _hour;

    /// <summary>Counts the answers of one call: all of them, or none if one annotator would have too many.</summary>
    /// <param name="annotators">The annotator of each answer.</param>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED.</exception>
    public void Take(IEnumerable<string> annotators)
    {
        var bound = options.Value.MaxLabelsPerAnnotatorHour;
        lock (_gate)
        {
            var hour = time.GetUtcNow().UtcTicks / TimeSpan.TicksPerHour;
            if (hour != _hour)
            {
                _hour = hour;
                _answers.Clear();
            }

            var more = annotators.CountBy(NameOf, StringComparer.Ordinal).ToArray();
            foreach (var (annotator, count) in more)
            {
                if (_answers.GetValueOrDefault(annotator) + count > bound)
                {
                    throw RpcErrors.Exhausted(
                        "ANNOTATOR_LIMIT",
                        $"Annotator '{annotator}' has answered {_answers.GetValueOrDefault(annotator)} requests this hour and sends {count} more; "
                        + $"at most {bound} are taken (Labelling:MaxLabelsPerAnnotatorHour). Send them in the next hour, or raise the setting.");
                }
            }

            foreach (var (annotator, count) in more)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_answers, annotator, out _) += count;
            }
        }
    }

    /// <summary>Uncounts the answers of a call that could not be written.</summary>
    /// <param name="annotators">As given to <see cref="Take"/>.</param>
    public void GiveBack(IEnumerable<string> annotators)
    {
        lock (_gate)
        {
            foreach (var (annotator, count) in annotators.CountBy(NameOf, StringComparer.Ordinal))
            {
                // A new hour has begun when there are fewer.
                _answers[annotator] = Math.Max(0, _answers.GetValueOrDefault(annotator) - count);
            }
        }
    }

    private string NameOf(string annotator) => _answers.Count < MaxAnnotators || _answers.ContainsKey(annotator) ? annotator : "";
}
