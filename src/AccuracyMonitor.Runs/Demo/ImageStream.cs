using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Runs.Demo;

/// <summary>
/// Makes the stream: the test images in a seeded order, again in another order when all have been shown, each as its condition has it. Not
/// thread-safe.
/// </summary>
internal sealed class ImageStream(LabelledImages clean, Func<DemoCondition, LabelledImages> attacked, ulong seed)
{
    private readonly int[] _order = [.. Enumerable.Range(0, clean.Count)];
    private SplitMix64 _random = new(seed);
    private long _sequence;
    private int _next;

    public ImageBatch Next(DemoCondition condition, int count)
    {
        var source = condition.Attack is null ? clean : attacked(condition);
        var batch = new ImageBatch(condition, new byte[count][], new string[count], new int[count]);
        for (var i = 0; i < count; i++)
        {
            if (_next == 0)
            {
                _random.Shuffle(_order, _order.Length);
            }

            var image = _order[_next];
            _next = (_next + 1) % _order.Length;
            var sequence = _sequence++;
            batch.Images[i] = new byte[LabelledImages.PixelCount];
            condition.Write(source, image, batch.Images[i], seed, (ulong)sequence);
            batch.Ids[i] = PredictionId.Create(sequence, image);
            batch.Labels[i] = clean.Labels[image];
        }

        return batch;
    }
}
