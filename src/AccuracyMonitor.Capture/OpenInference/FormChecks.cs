using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using AccuracyMonitor.Protocol;

namespace AccuracyMonitor.Capture.OpenInference;

/// <summary>
/// Whether a model's rows are in the form declared for it, looked at until the first row that proves it: one that sums to 1 proves
/// probabilities, one that does not proves logits. Until then no row is taken; from then on a bad row is the intake's to reject. Not each answer for
/// itself: two logits of 0.4 and 0.6 do occur, and leaving out just such rows would bias every estimate.
/// </summary>
internal sealed class FormChecks
{
    /// <summary>Model versions remembered; those beyond are looked at in every answer.</summary>
    private const int MaxRemembered = 4096;

    private readonly ConcurrentDictionary<(string Model, string Version), byte> _proven = new();

    public bool Fits(CapturedOutputs outputs)
    {
        var key = (outputs.Model, outputs.Version);
        if (_proven.ContainsKey(key))
        {
            return true;
        }

        if (!HasProof(MemoryMarshal.Cast<byte, float>(outputs.Values.Span), outputs.Classes, outputs.Form))
        {
            return false;
        }

        if (_proven.Count < MaxRemembered)
        {
            _proven.TryAdd(key, 0);
        }

        return true;
    }

    private static bool HasProof(ReadOnlySpan<float> values, int classes, ValueForm form)
    {
        for (; values.Length >= classes; values = values[classes..])
        {
            var row = values[..classes];
            if (double.IsFinite(SoftmaxRow.Sum(row)) && SoftmaxRow.IsProbabilities(row) == (form == ValueForm.Probabilities))
            {
                return true;
            }
        }

        return false;
    }
}
