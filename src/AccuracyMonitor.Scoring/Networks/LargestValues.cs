using System.Numerics;
using System.Runtime.InteropServices;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>The largest values of a row in falling order: one pass, vectors of values below the least kept so far are passed over whole.</summary>
internal static class LargestValues
{
    /// <param name="row">Any length, no NaN.</param>
    /// <param name="largest">Filled; where the row is shorter, zeros follow.</param>
    public static void Select(ReadOnlySpan<float> row, Span<float> largest)
    {
        var kept = Math.Min(largest.Length, row.Length);
        largest.Clear();
        Insert(row[..kept], largest[..kept]);
        var rest = row[kept..];
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(rest);
        for (var v = 0; v < vectors.Length; v++)
        {
            if (Vector.GreaterThanAny(vectors[v], new Vector<float>(largest[kept - 1])))
            {
                Insert(rest.Slice(v * Vector<float>.Count, Vector<float>.Count), largest);
            }
        }

        Insert(rest[(vectors.Length * Vector<float>.Count)..], largest);
    }

    private static void Insert(ReadOnlySpan<float> values, Span<float> largest)
    {
        foreach (var value in values)
        {
            if (value > largest[^1])
            {
                var at = largest.Length - 1;
                for (; at > 0 && largest[at - 1] < value; at--)
                {
                    largest[at] = largest[at - 1];
                }

                largest[at] = value;
            }
        }
    }
}
