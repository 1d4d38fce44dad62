ROLLBACK PREPARED 'bnd1:5zx1.b:k1-7:checkout.default.0';
