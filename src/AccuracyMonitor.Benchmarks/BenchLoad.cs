using System.Diagnostics;
using AccuracyMonitor.Client;
using AccuracyMonitor.V1;
using Grpc.Core;

namespace AccuracyMonitor.Benchmarks;

/// <summary>Batches of softmax vectors, the same for all contestants, and the loop that sends them.</summary>
internal sealed class BenchLoad(int classes, int batch, ValueEncoding encoding = ValueEncoding.Float32)
{
    private const int InFlight = 8;
    public const int DistinctBatches = 16;

    /// <summary>Number of probabilities per row in the top-k encoding.</summary>
    public const int Top = 10;

    private readonly float[][] _values = [.. Enumerable.Range(0, DistinctBatches).Select(i => Softmax(classes, batch, i))];
    private readonly float[] _rows = new float[batch * classes];
    private ulong _sequence;

    public int Classes { get; } = classes;

    public int Batch { get; } = batch;

    public ValueEncoding Encoding { get; } = encoding;

    /// <summary>The rows of a batch, or the <paramref name="width"/> largest values of each row in descending order.</summary>
    public float[] Rows(int i, int width) => width == Classes
        ? _values[i % DistinctBatches]
        : [.. _values[i % DistinctBatches].Chunk(Classes).SelectMany(row => row.OrderDescending().Take(width))];

    /// <summary>Sends for a given time over one stream, with a bounded number of unanswered batches.</summary>
    /// <returns>Answered predictions per second.</returns>
    public async Task<double> RunAsync<TResponse>(AsyncDuplexStreamingCall<ObserveRequest, TResponse> call, TimeSpan duration)
    {
        using var free = new SemaphoreSlim(InFlight, InFlight);
        var answered = 0L;
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in call.ResponseStream.ReadAllAsync())
            {
                answered += Batch;
                free.Release();
            }
        });
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < duration)
        {
            await free.WaitAsync();
            await call.RequestStream.WriteAsync(Next());
        }

        await call.RequestStream.CompleteAsync();
        await reading;
        return answered / watch.Elapsed.TotalSeconds;
    }

    private ObserveRequest Next()
    {
        var sequence = _sequence++;
        var message = new PredictionBatch
        {
            Model = "bench",
            Version = $"{Classes}",
            ClassCount = (uint)Classes,
        };
        _values[sequence % DistinctBatches].CopyTo(_rows, 0);
        BatchEncoder.Encode(message, _rows, logits: false, Encoding, Top);
        for (var i = 0; i < Batch; i++)
        {
            message.Ids.Add($"{sequence}-{i}");
        }

        return new ObserveRequest { Batch = message, Sequence = sequence, Brief = true };
    }

    /// <summary>Rows like those of a trained classifier: most are confident, some are not.</summary>
    public static float[] Softmax(int classes, int rows, int seed)
    {
        var random = new Random(seed);
        var values = new float[rows * classes];
        for (var row = 0; row < rows; row++)
        {
            var vector = values.AsSpan(row * classes, classes);
            foreach (ref var value in vector)
            {
                value = (float)random.NextDouble() * 2;
            }

            vector[random.Next(classes)] += 2 + (8 * (float)random.NextDouble());
            System.Numerics.Tensors.TensorPrimitives.SoftMax(vector, vector);
        }

        return values;
    }
}
