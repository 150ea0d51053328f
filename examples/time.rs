use std::time::Instant;
use kmslint::*;
fn main(){
  let dir=std::env::args().nth(1).unwrap();
  for _ in 0..3 {
  let t=Instant::now();
  let d=source::discover(&[dir.clone().into()],&source::Filter::default());
  println!("discover {:?}",t.elapsed()); let t=Instant::now();
  let l=load::load(&d);
  println!("load {:?}",t.elapsed()); let t=Instant::now();
  let limits=facts::Limits{minimum_waiting_period:aws::PendingWindowInDays::new(14).unwrap()};
  use rayon::prelude::*;
  let f:Vec<_>=l.inventory.keys.par_iter().map(|k|facts::of_key(k,&l.sources,limits)).collect();
  println!("facts {:?}",t.elapsed()); let t=Instant::now();
  let v:Vec<_>=f.par_iter().map(|f|serde_json::to_value(f).unwrap()).collect();
  println!("to_value {:?} {}",t.elapsed(),v.len()); let t=Instant::now();
  let s:Vec<_>=f.iter().map(|f|lint::Subject{facts:f,files:&f.source_ids}).collect();
  let r=lint::run_all(&s,rule::Catalogue::builtin().unwrap()).unwrap();
  println!("lint(with to_value) {:?} {}",t.elapsed(),r.len()); let t=Instant::now();
  let mut o=Vec::new();
  report::json::findings(&mut o,&l.sources,&r,&[],&report::Summary::new(&r,&[],1,0)).unwrap();
  println!("json {:?} {}",t.elapsed(),o.len()); let t=Instant::now();
  let mut o=Vec::new();
  report::human::findings(&mut o,&l.sources,&r,&report::Style{color:false,unicode:true,width:100}).unwrap();
  println!("human {:?} {}",t.elapsed(),o.len()); let t=Instant::now();
  drop((d,l,f,v,r)); println!("drop {:?}",t.elapsed());
  }
}
