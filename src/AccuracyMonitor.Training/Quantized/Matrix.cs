using System.Numerics.Tensors;

namespace AccuracyMonitor.Training.Quantized;

/// <summary>Products of row-major matrices.</summary>
internal static class Matrix
{
    /// <summary>A·B, A rows×K, B K×M.</summary>
    public static float[] Multiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int rows)
    {
        var inner = a.Length / rows;
        var columns = b.Length / inner;
        var product = new float[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            var target = product.AsSpan(row * columns, columns);
            for (var k = 0; k < inner; k++)
            {
                if (a[(row * inner) + k] is not 0 and var factor)
                {
                    TensorPrimitives.MultiplyAdd(b.Slice(k * columns, columns), factor, target, target);
                }
            }
        }

        return product;
    }

    /// <summary>Aᵀ·B, A rows×K, B rows×M.</summary>
    public static float[] TransposeMultiply(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int rows)
    {
        var (inner, columns) = (a.Length / rows, b.Length / rows);
        var product = new float[inner * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var k = 0; k < inner; k++)
            {
                if (a[(row * inner) + k] is not 0 and var factor)
                {
                    var target = product.AsSpan(k * columns, columns);
                    TensorPrimitives.MultiplyAdd(b.Slice(row * columns, columns), factor, target, target);
                }
            }
        }

        return product;
    }

    /// <summary>A·Bᵀ, A rows×M, B K×M.</summary>
    public static float[] MultiplyTranspose(ReadOnlySpan<float> a, ReadOnlySpan<float> b, int rows)
    {
        var columns = a.Length / rows;
        var inner = b.Length / columns;
        var product = new float[rows * inner];
        for (var row = 0; row < rows; row++)
        {
            for (var k = 0; k < inner; k++)
            {
                product[(row * inner) + k] = TensorPrimitives.Dot(a.Slice(row * columns, columns), b.Slice(k * columns, columns));
            }
        }

        return product;
    }
}
