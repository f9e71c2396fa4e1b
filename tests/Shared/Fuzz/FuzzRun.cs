namespace AccuracyMonitor.Tests.Fuzz;

/// <summary>Decodes many drawn inputs. Any exception but the documented one fails the test and shows the input.</summary>
internal static class FuzzRun
{
    private static readonly int[] Seeds = [1, 2];

    /// <param name="corpus">Inputs that can be decoded.</param>
    /// <param name="normal">Inputs of each seed in a normal run.</param>
    /// <param name="decode">Throws only <typeparamref name="TDocumented"/>.</param>
    public static void Run<TDocumented>(IReadOnlyList<byte[]> corpus, int normal, Action<byte[]> decode)
        where TDocumented : Exception
    {
        var (decoded, refused) = (0, 0);
        foreach (var input in corpus)
        {
            decode(input);
        }

        foreach (var seed in Seeds)
        {
            var mutator = new Mutator(seed, corpus);
            for (var i = Mutator.Iterations(normal); i > 0; i--)
            {
                var input = mutator.Next();
                try
                {
                    decode(input);
                    decoded++;
                }
                catch (TDocumented)
                {
                    refused++;
                }
                catch (Exception e)
                {
                    throw new InvalidOperationException($"{e.GetType()}: {e.Message} for {Convert.ToBase64String(input)}", e);
                }
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"fuzz: {decoded + refused} inputs, {decoded} decoded, {refused} refused");
    }
}

/// <summary>Of decoders that never throw.</summary>
internal sealed class NothingIsThrownException : Exception;
